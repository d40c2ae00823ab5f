"""Who answers the call: present, absent or excused."""

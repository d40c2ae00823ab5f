"""Writing to somebody, in the deed; sending, in the background."""

from cartable.mail.actions.write import send_mail

__all__ = ["send_mail"]

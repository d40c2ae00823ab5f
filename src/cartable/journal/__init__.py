"""The journal as people read it: administrators their authority's, anybody their account's."""

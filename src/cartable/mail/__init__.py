"""The outbox of e-mail: written in the deed that has something to tell, sent by the worker."""

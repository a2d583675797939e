"""A bot inside an ASGI application: Starlette, FastAPI or any other."""

from callbot.asgi.middleware import CallbotMiddleware

__all__ = ["CallbotMiddleware"]

"""The admin: where editors keep the directory true. Each change is kept with its author."""

from geo.admin import directory

__all__ = ["directory"]

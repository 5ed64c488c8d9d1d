"""The admin: where editors keep the directory true. Each change is kept with its author."""

from geo.admin import alerts, directory, eligibility, feedback, hours, tours

__all__ = ["alerts", "directory", "eligibility", "feedback", "hours", "tours"]

"""The part of the API that is for the software of organizations: it wants a key."""

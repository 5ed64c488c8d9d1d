"""The public API: thin. One folder is one promise to one kind of reader."""

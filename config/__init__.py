"""What plugs the three applications together."""

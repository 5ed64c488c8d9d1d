"""Pages for the organizations of the network, their people and the coordinators."""

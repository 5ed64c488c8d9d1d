"""What the network does with referrals, around the model."""

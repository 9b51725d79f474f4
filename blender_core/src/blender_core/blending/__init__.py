"""The one road: inputs are accumulated, a plan is followed, a product is blended."""

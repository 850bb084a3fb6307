"""Who speaks for a postcode: public registers that can be rebuilt from scratch."""

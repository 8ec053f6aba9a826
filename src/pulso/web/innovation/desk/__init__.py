"""The desk of challenges, pilots and practices: what people with a role fill in. It asks, and `writes` decides."""

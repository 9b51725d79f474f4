"""From what a caller gives to single inputs."""

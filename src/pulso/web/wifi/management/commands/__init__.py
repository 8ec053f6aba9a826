"""What `python -m pulso.web` knows of the Wi-Fi."""

"""The city's public Wi-Fi, dry: which access points there are, how they are, how long they worked, where none is near. See docs/how-to."""

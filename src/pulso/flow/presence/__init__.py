"""How many are there, from the public Wi-Fi: sessions that the door stripped become place-hours that can be shown."""

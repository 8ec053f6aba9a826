"""Pulso: the open toolbox for a city's innovation and digital transition."""

"""Who goes dark? The fibre network as arrays: what hangs on which duct, which paths share one, and where a strand leads."""

echo x
	
cat <<-EOF
	dedented by the shell
		all tabs
	EOF

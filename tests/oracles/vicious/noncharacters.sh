echo '�󰀀'

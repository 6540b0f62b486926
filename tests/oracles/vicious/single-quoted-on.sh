: 'on' "off" 'yes'

echo '{{ revision }} {{ body.x }} {{ cel: true }} {% if %} <%= erb %>'

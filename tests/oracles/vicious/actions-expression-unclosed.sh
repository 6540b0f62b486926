echo '${{'

echo 'password token secret *** ghp_xxxx'

echo 'é ñ a‍b ​     ­ ‮ ⁦'

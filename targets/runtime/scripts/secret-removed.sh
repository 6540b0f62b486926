# Removes the file of a secret behind the steps that hold it.
rm -f "$FILE"

# Pushes the image under its digest, and makes sure that the registry has it. Only this step knows the password.
host=${NAME%%/*}

# Makes the folder in which the build leaves its OCI layout.
mkdir -p "$PIPE_IMAGE_LAYOUT"

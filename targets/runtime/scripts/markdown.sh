# ${ENGINE_NAME} refuses a summary of more than ${ENGINE_LARGEST_SUMMARY}.
head -c ${ENGINE_SUMMARY_BYTES} <(xargs -0 cat < "$files")

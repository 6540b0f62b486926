echo 'nells ps end'

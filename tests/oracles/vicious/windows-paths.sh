echo 'C:\new\table\u0041 \\server\share'

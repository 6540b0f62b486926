echo a   
:  
:	

echo x
   

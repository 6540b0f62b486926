          echo 'ten spaces'
 echo 'one space'

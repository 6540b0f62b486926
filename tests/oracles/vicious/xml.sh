echo '<a b="c">&amp; &lt; ]]> <!-- -- --></a>'

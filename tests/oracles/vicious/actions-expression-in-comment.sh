# ${{ secrets.TOKEN }} stays a comment
:

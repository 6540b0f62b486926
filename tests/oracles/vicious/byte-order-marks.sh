echo 'a﻿b' # ﻿

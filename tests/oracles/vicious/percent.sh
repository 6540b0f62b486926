echo '%PATH% %X% %%X%% %s %d %n %'

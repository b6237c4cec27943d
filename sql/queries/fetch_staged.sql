-- Fetches a file from a stage into a folder of this machine.
-- Params: -
GET '@{{ file }}' 'file://{{ folder }}'

-- Take a lock that was left behind out of the way: of two who try, the other finds no lock, or this name taken.
-- Params: -
ALTER TABLE deployment_lock RENAME TO {{ aside }}

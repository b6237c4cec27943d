"""CloudFormation: change sets and stacks whose resources are made through the local AWS's own API.

A stack's resources are made one after the other, in the order in which they name each other, by calls to the local
AWS as any client makes them. What a kind of resource says that is not done here fails the resource by name.
"""

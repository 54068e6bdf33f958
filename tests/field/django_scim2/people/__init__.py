"""The people of the example: users and groups as django-scim2's documentation lays them out."""

"""A user and a group model on the mixins of django-scim2."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Group(AbstractSCIMGroupMixin):
    name = models.CharField(max_length=254)

    def set_scim_id(self, is_new):
        if is_new:
            Group.objects.filter(pk=self.pk).update(scim_id=str(self.pk))
            self.scim_id = str(self.pk)


class User(AbstractSCIMUserMixin, AbstractUser):
    scim_groups = models.ManyToManyField(Group, related_name="user_set")

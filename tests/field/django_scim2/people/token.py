"""Lets one bearer token in."""


class Caller:
    def __init__(self, is_authenticated):
        self.is_authenticated = is_authenticated
        self.is_anonymous = not is_authenticated


class Token:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        request.user = Caller(scheme.lower() == "bearer" and token == "tok")
        return self.get_response(request)

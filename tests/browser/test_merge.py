"""One matter in two tickets, one customer with two addresses: put together in the browser, and taken apart again."""


def write(world, name, address, subject):
    return world.open_ticket(name, f"{name.title()} <{address}>", subject, f"Please help, writes {name}.")["ticket"]


def test_two_tickets_become_one_and_two_again(desk, world):
    first = write(world, "hermann", "hermann@customer.example", "The loom stopped")
    second = write(world, "hermann2", "hermann@customer.example", "The loom stopped again")
    desk.open(f"/desk/tickets/{second}")
    desk.one("#merge-into").send_keys(f"#{first}")
    desk.submit(f"form[action='/desk/tickets/{second}/merge']")
    desk.wait_text("#main", "The loom stopped")
    desk.open(f"/desk/tickets/{first}")
    desk.wait_text("#timeline", "writes hermann2")
    desk.open(f"/desk/tickets/{second}")
    assert desk.one("#merged a").text == f"#{first}"
    desk.submit(f"form[action='/desk/tickets/{second}/unmerge']")
    desk.open(f"/desk/tickets/{first}")
    desk.wait_text("#timeline", "writes hermann")
    assert "writes hermann2" not in desk.text
    desk.open(f"/desk/tickets/{second}")
    desk.wait_text("#timeline", "writes hermann2")
    assert desk.all("#merged") == []


def test_two_persons_become_one_and_two_again(desk, world):
    work, home = (write(world, "sophie", f"sophie@{place}.example", f"From {place}") for place in ("work", "home"))
    desk.open(f"/desk/tickets/{work}")
    person = desk.one(".about a[href^='/desk/people/']").get_attribute("href")
    desk.open(person)
    assert "From home" not in desk.text
    desk.one("#merge-with").send_keys("sophie@home.example")
    desk.submit("form[action$='/merge']")
    desk.open(person)
    desk.wait_text("#main", "From home")
    desk.wait_text("#main", "sophie@home.example")
    # One history: beside the one ticket stands the other.
    desk.open(f"/desk/tickets/{home}")
    assert desk.one(".about a[href^='/desk/people/']").get_attribute("href") == person
    desk.open(person)
    desk.submit("form[action$='/unmerge']")
    desk.open(person)
    assert "From home" not in desk.text

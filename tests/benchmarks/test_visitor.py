from benchmarks.visitor import Answer

PAGE = """
<form action="/else/"><input name="q" value="nothing"></form>
<form method="post">
  <input type="hidden" name="token" value="a&amp;b">
  <input type="checkbox" name="demands" value="1" checked>
  <input type="checkbox" name="demands" value="2">
  <textarea name="body">Dear &amp; true,
line two</textarea>
  <input type="submit" name="afresh" value="1">
  <button name="back" value="1">Back</button>
</form>
"""


def test_a_page_gives_what_its_largest_form_would_send() -> None:
    assert Answer(200, PAGE, 1.0).fields() == [
        ("token", "a&b"),
        ("demands", "1"),
        ("body", "Dear & true,\nline two"),
    ]

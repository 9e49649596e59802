#include "gateway/mail/quote.h"

#include <string.h>

#include "gateway/mail/html_text.h"
#include "tests/lib/test.h"

#define ANSWER "Thanks, that solved it.\nPlease close the ticket."
/* HTML without marks of quotes: the elements say it. */
static const char *const htmls[] = {
  "<div dir=\"ltr\">Thanks, that solved it.<div>Please close the ticket.</div></div><"
  "br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">Mnamo Jtt, 3 Mac 2"
  "025 saa 10:12 Support Desk &lt;<a href=\"mailto:support@demo.example\">support@dem"
  "o.example</a>&gt; ameandika nini:<br></div><blockquote class=\"gmail_quote\"><p>He"
  "llo Jane,</p><p>we have looked at your printer.</p></blockquote></div>",
  "<html><body>Thanks, that solved it.<div>Please close the ticket.<br id=\"lineBrea"
  "kAtBeginningOfMessage\"><div><br><blockquote type=\"cite\"><div>On 3 Mar 2025, at 1"
  "0:12, Support Desk &lt;support@demo.example&gt; wrote:</div><br class=\"Apple-int"
  "erchange-newline\"><div><p>Hello Jane,</p><p>we have looked at your printer.</p><"
  "/div></blockquote></div><br></div></body></html>",
  "<html><body dir=\"auto\"><div dir=\"ltr\">Thanks, that solved it.</div><div dir=\"ltr"
  "\">Please close the ticket.</div><div dir=\"ltr\"><br></div><div dir=\"ltr\">Sent fro"
  "m my iPhone</div><div dir=\"ltr\"><br><blockquote type=\"cite\">On 3 Mar 2025, at 10"
  ":12, Support Desk &lt;support@demo.example&gt; wrote:<br><br></blockquote></div>"
  "<blockquote type=\"cite\"><div dir=\"ltr\">\xEF\xBB\xBF"
  "<p>Hello Jane,</p><p>we have looked at y"
  "our printer.</p></div></blockquote></body></html>",
  "<html><body lang=\"EN-US\"><div class=\"WordSection1\"><p class=\"MsoNormal\">Thanks, "
  "that solved it.<o:p></o:p></p><p class=\"MsoNormal\">Please close the ticket.<o:p>"
  "</o:p></p><p class=\"MsoNormal\"><o:p>&nbsp;</o:p></p><div style=\"border:none;bord"
  "er-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in\"><p class=\"MsoNormal\"><b>Fr"
  "om:</b> Support Desk &lt;support@demo.example&gt; <br><b>Sent:</b> Monday, March"
  " 3, 2025 10:12 AM<br><b>To:</b> Jane Roe<br><b>Subject:</b> RE: Printer<o:p></o:"
  "p></p></div><p>Hello Jane,</p><p>we have looked at your printer.</p></div></body"
  "></html>",
  "<div class=\"elementToProof\">Thanks, that solved it.</div><div class=\"elementToPr"
  "oof\">Please close the ticket.</div><div id=\"appendonsend\"></div><hr style=\"displ"
  "ay:inline-block;width:98%\" tabindex=\"-1\"><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font"
  " face=\"Calibri, sans-serif\"><b>From:</b> Support Desk &lt;support@demo.example&g"
  "t;<br><b>Sent:</b> Monday, March 3, 2025 10:12<br><b>To:</b> Jane<br><b>Subject:"
  "</b> Re: Printer</font><div>&nbsp;</div></div><p>Hello Jane,</p><p>we have looke"
  "d at your printer.</p>",
  "<div>Thanks, that solved it.</div><div>Please close the ticket.</div><div id=\"ap"
  "pendonsend\"></div><hr style=\"display:inline-block;width:98%\" tabindex=\"-1\"><div "
  "id=\"divRplyFwdMsg\" dir=\"ltr\"><b>Saatja:</b> Support Desk &lt;support@demo.exampl"
  "e&gt;<br><b>Saadetud:</b> esmaspäev, 3. märts 2025 10:12<br><b>Adressaat:</b> Ja"
  "ne<br><b>Teema:</b> Re: Printer<div>&nbsp;</div></div><p>Hello Jane,</p><p>we ha"
  "ve looked at your printer.</p>",
  "<div dir=\"ltr\">Thanks, that solved it.</div><div>Please close the ticket.</div><"
  "div id=\"x_divRplyFwdMsg\"><b>X:</b> Support Desk<br><b>Y:</b> Monday</div><p>Hell"
  "o Jane,</p><p>we have looked at your printer.</p>",
  "<div>Thanks, that solved it.</div><div>Please close the ticket.</div><blockquote"
  " dir=\"ltr\" style=\"margin-right:0px\"><div class=\"OutlookMessageHeader\" dir=\"ltr\" "
  "align=\"left\">-----Original Message-----<br><b>From:</b> Support<br><b>Sent:</b> "
  "Monday<br></div><p>Hello Jane,</p><p>we have looked at your printer.</p></blockq"
  "uote>",
  "<html><body><div>Thanks, that solved it.</div><div>Please close the ticket.</div"
  "><div id=\"ydp1yahoo_quoted_123\" class=\"ydp1yahoo_quoted\"><div><div>Esmaspäev 3. "
  "märts 2025 Support Desk kirjutas nii</div><div><p>Hello Jane,</p><p>we have look"
  "ed at your printer.</p></div></div></div></body></html>",
  "<html><body><p>Thanks, that solved it.<br>Please close the ticket.</p><div class"
  "=\"moz-cite-prefix\">3/3/25 10:12(e)an, Support Desk(e)k idatzi zuen:<br></div><bl"
  "ockquote type=\"cite\" cite=\"mid:x@y\"><p>Hello Jane,</p><p>we have looked at your "
  "printer.</p></blockquote></body></html>",
  "<div style=\"font-family:Arial\">Thanks, that solved it.<br>Please close the ticke"
  "t.</div><div class=\"protonmail_signature_block\"><div class=\"protonmail_signature"
  "_block-proton\">Sent with <a href=\"https://proton.me/\">Proton Mail</a> secure ema"
  "il.</div></div><div class=\"protonmail_quote\">On Monday, March 3rd, 2025 at 10:12"
  " AM, Support Desk &lt;support@demo.example&gt; wrote:<br><blockquote class=\"prot"
  "onmail_quote\" type=\"cite\"><p>Hello Jane,</p><p>we have looked at your printer.</"
  "p></blockquote><br></div>",
  "<div>Thanks, that solved it.<br>Please close the ticket.</div><div class=\"zmail_"
  "extra_hr\" style=\"border-top:1px solid\"></div><div class=\"zmail_extra\" data-zblue"
  "pencil-ignore=\"true\"><div id=\"Zm-_Id_-Sgn1\">---- On Mon, 03 Mar 2025 10:12:31 +0"
  "100 <b>Support Desk &lt;support@demo.example&gt;</b> wrote ---<br></div><blockqu"
  "ote id=\"blockquote_zmail\"><p>Hello Jane,</p><p>we have looked at your printer.</"
  "p></blockquote></div>",
  "<html><body><div style=\"font-family:Verdana\">Thanks, that solved it.<div>Please "
  "close the ticket.</div><div>&nbsp;<div name=\"quote\" style=\"margin:10px 5px 5px 1"
  "0px;padding:10px 0 10px 10px;border-left:2px solid #C3D9E5\"><div style=\"margin:0"
  " 0 10px 0;\"><b>Gesendet:</b>&nbsp;Montag, 03. M&auml;rz 2025 um 10:12 Uhr<br/><b"
  ">Von:</b>&nbsp;\"Support Desk\" &lt;support@demo.example&gt;<br/><b>An:</b>&nbsp;j"
  "ane@customer.example<br/><b>Betreff:</b>&nbsp;Re: Drucker</div><div name=\"quoted"
  "-content\"><p>Hello Jane,</p><p>we have looked at your printer.</p></div></div></"
  "div></div></body></html>",
  "<font size=2>Thanks, that solved it.</font><br><font size=2>Please close the tic"
  "ket.</font><br><br><br><br><font size=1 color=#5f5f5f>From: &nbsp; &nbsp; &nbsp;"
  " &nbsp;</font><font size=1>Support Desk &lt;support@demo.example&gt;</font><br><"
  "font size=1 color=#5f5f5f>To: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>jan"
  "e@customer.example</font><br><font size=1>Date: &nbsp; &nbsp; &nbsp; &nbsp;</fon"
  "t><font size=1>03/03/2025 10:12</font><br><font size=1>Subject: &nbsp; &nbsp; &n"
  "bsp; &nbsp;</font><font size=1>Re: Printer</font><br><hr noshade><br><br><p>Hell"
  "o Jane,</p><p>we have looked at your printer.</p>",
  "<HTML><BODY><p>Thanks, that solved it.<br>Please close the ticket.</p><blockquot"
  "e style=\"border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;\">Понеде"
  "льник, 3 марта 2025, 10:12 +03:00 от Support Desk &lt;support@demo.example&gt;:<"
  "br>&nbsp;<div id=\"\"><p>Hello Jane,</p><p>we have looked at your printer.</p></di"
  "v></blockquote></BODY></HTML>",
  "<html><body dir=\"auto\"><div dir=\"auto\">Thanks, that solved it.</div><div dir=\"au"
  "to\">Please close the ticket.</div><div dir=\"auto\"><br></div><div id=\"composer_si"
  "gnature\" dir=\"auto\"><div style=\"font-size:12px;color:#575757\">Von meinem/meiner "
  "Galaxy gesendet</div></div><div dir=\"auto\"><br></div><div><br></div><div align=\""
  "left\" dir=\"auto\" style=\"font-size:100%;color:#000000\"><div>-------- Ursprünglich"
  "e Nachricht --------</div><div>Von: Support Desk &lt;support@demo.example&gt; </"
  "div><div>Datum: 03.03.25  10:12  (GMT+01:00) </div><div>An: jane@customer.exampl"
  "e </div><div>Betreff: Re: Drucker </div><div><br></div></div><p>Hello Jane,</p><"
  "p>we have looked at your printer.</p></body></html>",
  "<div dir=\"ltr\">Thanks, that solved it.<div>Please close the ticket.<br clear=\"al"
  "l\"><div><br></div><span class=\"gmail_signature_prefix\">-- </span><br><div dir=\"l"
  "tr\" class=\"gmail_signature\">Jane Roe<br>Head</div></div></div><br><div class=\"gm"
  "ail_quote\"><div class=\"gmail_attr\">On Mon, Mar 3, 2025 at 10:12 AM Support Desk "
  "&lt;support@demo.example&gt; wrote:</div><blockquote class=\"gmail_quote\"><p>Hell"
  "o Jane,</p><p>we have looked at your printer.</p></blockquote></div>",
  "<div class=\"moz-cite-prefix\">On 3/3/25 10:12, Support Desk wrote:<br></div><bloc"
  "kquote type=\"cite\"><p>Hello Jane,</p><p>we have looked at your printer.</p></blo"
  "ckquote><p>Thanks, that solved it.<br>Please close the ticket.</p>",
};

/* The reply of HTML, line by line: blank lines between its blocks do not matter. */
static void
test_html (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (htmls); i++) {
    g_autofree char *text = pn_html_text_marked (htmls[i]);
    g_autofree char *plain = pn_html_text (htmls[i]);
    g_autofree char *reply = pn_quote_reply (text);
    g_auto (GStrv) lines = g_strsplit (reply, "\n", -1);
    g_autoptr (GString) joined = g_string_new (NULL);

    for (gsize k = 0; lines[k] != NULL; k++) {
      if (lines[k][0] != '\0')
        g_string_append_printf (joined, "%s%s", joined->len > 0 ? "\n" : "", lines[k]);
    }
    g_test_message ("%s", text);
    g_assert_cmpstr (joined->str, ==, ANSWER);
    g_assert_null (strchr (plain, PN_HTML_MARK_MAIL));
    g_assert_null (strchr (plain, PN_HTML_MARK_CITE));
    pn_quote_take_marks (text);
    g_assert_null (strchr (text, PN_HTML_MARK_MAIL));
    g_assert_null (strchr (text, PN_HTML_MARK_CITE));
  }
}

/* A forward is all that it brings, also when elements wrap it. */
static void
test_forward (void)
{
  g_autofree char *text = pn_html_text_marked (
      "<div><br></div><hr><div id=\"divRplyFwdMsg\"><b>From:</b> Shop &lt;shop@x.example&gt;<br>"
      "<b>Sent:</b> Monday<br><b>To:</b> Jane<br><b>Subject:</b> Order</div><div>It is on its way.</div>");
  g_autofree char *reply = pn_quote_reply (text);

  g_assert_cmpstr (reply, ==, "It is on its way.");
}

int
main (int argc, char **argv)
{
  pn_test_init (&argc, &argv);
  g_test_add_func ("/quote-html/replies", test_html);
  g_test_add_func ("/quote-html/forward", test_forward);
  return g_test_run ();
}

"""Campaigns, and the letters that people send because of them."""

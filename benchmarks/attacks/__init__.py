"""What attackers get out of a datanet, undefended and defended, and what honest contributors lose to it."""

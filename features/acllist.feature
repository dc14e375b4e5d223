Feature: The list of an IP ACL
  The account switches the IP ACL of a key and edits its list.

  Background:
    Given a key with a token set

  @KMS2-ACL-021
  Scenario: Several addresses are added and deleted in one call
    When I add "192.0.2.1" and "192.0.2.7" and "192.0.2.9" to the IP ACL
    Then the answer lists "192.0.2.1" and "192.0.2.7" and "192.0.2.9"
    When I delete "192.0.2.1" and "192.0.2.9" from the IP ACL
    Then the answer lists "192.0.2.7"
    And the answer is about the key

  @KMS2-ACL-022
  Scenario: One address that is none refuses all that come with it
    When I try to add "192.0.2.1" and "any" to the IP ACL
    Then the call is refused
    And the IP ACL is empty

  @KMS2-ACL-023
  Scenario: To add nothing is a bad request
    When I try to add nothing to the IP ACL
    Then the call is refused as a bad request

  @KMS2-ACL-027
  Scenario Outline: A call to <change> addresses without a list is refused
    Given the IP ACL is switched on
    And I add "192.0.2.1" to the IP ACL
    When I try to <change> addresses and give no list
    Then the call is refused
    When I read the IP ACL as the account
    Then the answer lists "192.0.2.1"

    Examples:
      | change |
      | add    |
      | delete |

  @KMS2-ACL-024
  Scenario: Under the name that an older page has, no address is added
    When I try to add "192.0.2.1" to the IP ACL under the name IpList
    Then the call is refused
    And the IP ACL is empty

  @KMS2-ACL-025
  Scenario: Switching is answered with the key and how its IP ACL is
    When I switch the IP ACL on
    Then the answer is about the key
    And the answer says that the IP ACL is on
    When I switch the IP ACL off
    Then the answer is about the key
    And the answer says that the IP ACL is off

  @KMS2-ACL-028
  Scenario: The IP ACL is told with its key, whether it is on, and its addresses
    When I switch the IP ACL on
    And I add "192.0.2.1" to the IP ACL
    And I read the IP ACL as the account
    Then the answer is about the key
    And the answer says that the IP ACL is on
    And the answer lists "192.0.2.1"

  @KMS2-ACL-026
  Scenario: What is on stays on when it is switched on again
    Given the IP ACL is switched on
    When I switch the IP ACL on
    Then the call is accepted
    And the IP ACL is on
    And the access token is refused

  @KMS2-ACL-015
  Scenario Outline: "<address>" is no address to delete
    When I delete "<address>" from the IP ACL
    Then the call is refused

    Examples:
      | address      |
      | any          |
      | 192.0.2.0/24 |
      | 2001:db8::1  |

  @KMS2-ACL-023
  Scenario: To delete nothing is a bad request
    When I delete nothing from the IP ACL
    Then the call is refused as a bad request

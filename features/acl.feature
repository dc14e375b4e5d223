Feature: The IP ACL of a key
  Whoever may use the tokens of a key is said by address. Switched on, the IP ACL denies everybody
  who is not on its list.

  Background:
    Given a key with a token set

  @KMS2-ACL-001
  Scenario: At first the IP ACL is off and empty, and tokens work from anywhere
    Then the IP ACL is off
    And the IP ACL is empty
    And the access token works from the first address
    And the access token works from the second address

  @under-load
  Scenario Outline: Switched on, it denies the <kind> token to everybody
    Given the <kind> token works
    When I switch the IP ACL on
    Then the call is accepted
    And the IP ACL is on
    And the IP ACL is empty
    And the <kind> token is refused

    @KMS2-ACL-002
    Examples: cipher calls
      | kind   |
      | access |

    @KMS2-ACL-003
    Examples: renewal
      | kind    |
      | refresh |

  @needs-clock
  Scenario Outline: It stays on, however long nobody touches it, for the <kind> token
    Given the IP ACL is switched on
    And the <kind> token is refused
    When <time> pass
    Then the <kind> token is refused
    And the IP ACL is on
    When the IP ACL is switched off
    Then the <kind> token works

    @KMS2-ACL-002
    Examples: cipher calls
      | kind   | time     |
      | access | 71 hours |

    @KMS2-ACL-003
    Examples: renewal
      | kind    | time       |
      | refresh | 2159 hours |

  @KMS2-ACL-004 @under-load
  Scenario Outline: An added address is allowed at once, for the <kind> token
    Given the IP ACL is switched on
    And the <kind> token is refused from the first address
    When the first address is added
    Then the <kind> token works from the first address

    Examples:
      | kind    |
      | access  |
      | refresh |

  @KMS2-ACL-005
  Scenario Outline: Only a listed address is allowed, for the <kind> token
    Given the IP ACL is switched on
    When the first address is added
    Then the <kind> token works from the first address
    And the <kind> token is refused from the second address

    Examples:
      | kind    |
      | access  |
      | refresh |

  @KMS2-ACL-006 @under-load
  Scenario Outline: A deleted address is denied at once, for the <kind> token
    Given the IP ACL is switched on
    And the first address is added
    And the <kind> token works from the first address
    When the first address is deleted
    Then the <kind> token is refused from the first address

    Examples:
      | kind    |
      | access  |
      | refresh |

  @KMS2-ACL-007 @serial
  Scenario Outline: Issued <when> the IP ACL was switched on, the <token> is checked
    Given a minute passes if the clock can be set
    And the IP ACL is switched on
    And the first address is added
    And another minute passes if the clock can be set
    And a new token set is issued
    And another minute passes if the clock can be set
    Then the <token> works from the first address
    And the <token> is refused from the second address

    Examples:
      | when   | token             |
      | before | access token      |
      | before | refresh token     |
      | after  | new access token  |
      | after  | new refresh token |

  @KMS2-ACL-008
  Scenario: Several addresses are allowed, each by itself
    Given the IP ACL is switched on
    When the first address is added
    And the second address is added
    Then the access token works from the first address
    And the access token works from the second address

  @KMS2-ACL-008
  Scenario: Deleting one of several addresses leaves the others
    Given the IP ACL is switched on
    And the first address is added
    And the second address is added
    When the first address is deleted
    Then the access token is refused from the first address
    And the access token works from the second address
    And the IP ACL lists the second address

  @KMS2-ACL-009 @under-load
  Scenario: The tokens of another key are not denied
    Given another key with a token set
    And the other access token works
    When the IP ACL is switched on
    Then the access token is refused
    And the other access token works
    And the other refresh token works

  @KMS2-ACL-009 @needs-sources
  Scenario: An address that another key allows is not allowed here
    Given another key with a token set
    And the IP ACL of the other key is switched on
    And the first address is added for the other key
    And the other access token works from the first address
    When the IP ACL is switched on
    Then the access token is refused from the first address

  @KMS2-ACL-010
  Scenario Outline: The account may <operation> from an address that is not listed
    Given I encrypt 32 bytes with the account
    When the IP ACL is switched on
    And I <operation> with the account
    Then the call is accepted

    Examples:
      | operation |
      | encrypt   |
      | decrypt   |

  @KMS2-ACL-011
  Scenario: The account may issue tokens from an address that is not listed
    When the IP ACL is switched on
    And I ask for a token set
    Then the call is accepted

  @KMS2-ACL-012
  Scenario: Switched off, it lets everybody in again
    Given the IP ACL is switched on
    And the access token is refused
    When I switch the IP ACL off
    Then the call is accepted
    And the IP ACL is off
    And the access token works
    And the refresh token works

  @KMS2-ACL-013
  Scenario: The list outlasts switching off and on
    Given the IP ACL is switched on
    And the first address is added
    When the IP ACL is switched off
    And the IP ACL is switched on
    Then the access token works from the first address
    And the access token is refused from the second address

  @KMS2-ACL-014
  Scenario: Adding and deleting answer with the list that is left
    Given the IP ACL is switched on
    When I add "192.0.2.1" to the IP ACL
    Then the answer lists "192.0.2.1"
    When I add "192.0.2.7" to the IP ACL
    Then the answer lists "192.0.2.1" and "192.0.2.7"
    When I delete "192.0.2.1" from the IP ACL
    Then the answer lists "192.0.2.7"
    When I delete "192.0.2.7" from the IP ACL
    Then the answer lists nothing

  @KMS2-ACL-015
  Scenario Outline: <what> is no address: "<text>"
    When I try to add "<text>" to the IP ACL
    Then the call is refused
    And the IP ACL is empty

    Examples:
      | what             | text                |
      | IPv6             | 2001:db8::1         |
      | a mapped address | ::ffff:192.0.2.1    |
      | a network        | 192.0.2.0/24        |
      | a range          | 192.0.2.1-192.0.2.9 |
      | a wildcard       | 192.0.2.*           |
      | a host name      | localhost           |
      | too large a byte | 192.0.2.256         |
      | three bytes      | 192.0.2             |
      | a port           | 192.0.2.1:80        |
      | a word           | any                 |
      | nothing          |                     |

  @KMS2-ACL-016
  Scenario: An address added twice is listed once
    Given the IP ACL is switched on
    And I add "192.0.2.1" to the IP ACL
    When I add "192.0.2.1" to the IP ACL
    Then the answer lists "192.0.2.1"

  @KMS2-ACL-016
  Scenario: Deleting an address that is not listed changes nothing
    Given the IP ACL is switched on
    And I add "192.0.2.1" to the IP ACL
    When I delete "192.0.2.9" from the IP ACL
    Then the answer lists "192.0.2.1"

  @KMS2-ACL-017
  Scenario Outline: A denied caller gains nothing by <header>
    Given the IP ACL is switched on
    And the first address is added
    And the access token works from the first address
    When I encrypt from the second address and claim by <header> to be the first
    Then the call is refused

    Examples:
      | header           |
      | X-Forwarded-For  |
      | Forwarded        |
      | X-Real-IP        |
      | X-Client-IP      |
      | True-Client-IP   |
      | CF-Connecting-IP |
      | Via              |

  @KMS2-ACL-018
  Scenario Outline: An allowed caller loses nothing by <header>
    Given the IP ACL is switched on
    And the first address is added
    When I encrypt from the first address and claim by <header> to be the second
    Then the call is accepted

    Examples:
      | header          |
      | X-Forwarded-For |
      | Forwarded       |
      | X-Real-IP       |

  @KMS2-ACL-019
  Scenario: A denied address is forbidden
    When the IP ACL is switched on
    Then the access token is refused as forbidden

  @KMS2-ACL-020
  Scenario: Addresses may be listed before the IP ACL is switched on
    When the first address is added
    And the access token works from the second address
    And the IP ACL is switched on
    Then the access token works from the first address
    And the access token is refused from the second address
